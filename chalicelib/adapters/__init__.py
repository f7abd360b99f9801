"""One module per outside thing. The only importers of boto3 and twilio."""
