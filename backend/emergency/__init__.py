"""The emergency switch: what customers are told where, and what stands down meanwhile."""
