"""What everybody can really do, all policies on the way taken together."""
