"""Networks that turn pictures into pose maps, and the runners that execute them."""
