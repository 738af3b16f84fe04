"""Text recognition: crops, CTC, beam search, language model, word segmentation."""
