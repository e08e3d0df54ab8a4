DROP TABLE leak_adjustments;
