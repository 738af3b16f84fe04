"""Jobs that read archives: the same rows whether processes of this computer read them or those of a cluster."""
