"""Model folders: finding, describing, importing and exporting them."""
