"""The client project on disk: answers, stages, proofs, capabilities."""
