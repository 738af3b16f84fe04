"""Reading words and lines: crops, CTC, beam search, language knowledge, segmentation."""
