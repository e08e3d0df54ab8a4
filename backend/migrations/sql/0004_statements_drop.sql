-- Takes back 0004_statements.sql.

DROP TABLE bill_services;
