"""The district: its public facts, opening hours, departments and policy, from `district/*.toml`."""
