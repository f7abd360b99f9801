"""`patchthrough`, the command for staff: campaigns and counts. Decides nothing the domain decides."""
