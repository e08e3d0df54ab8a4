"""The pages that customers see: one form, no scripts needed, English and Spanish."""
