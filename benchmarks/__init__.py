"""What a request costs. Run by `bin/bench`; nothing here is part of the product."""
