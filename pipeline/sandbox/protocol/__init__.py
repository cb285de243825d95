"""What goes over the wire: tokens, certificates, OData and refusals."""
