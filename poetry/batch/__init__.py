"""批量 (batch): many wishes in, a file of poems out."""
