"""Where gateways call: above the workflows, which are above the gateways."""
