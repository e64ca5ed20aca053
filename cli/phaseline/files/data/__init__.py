"""Data files and workbooks: specs, tables read, templates and annotations written."""
