"""Telephones from which bills are paid by text: asked for, confirmed on the telephone itself, ended."""
