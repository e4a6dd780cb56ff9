"""A dance against a choreography: features, alignment, marks, reasons. Needs core alone."""
