DROP TABLE gateway_events;
DROP TABLE charges;
DROP TABLE checkouts;
DROP TABLE method_setups;
DROP TABLE saved_method_accounts;
DROP TABLE saved_methods;
DROP TABLE processor_customers;
