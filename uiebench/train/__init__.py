"""The reference trainer: SFT, reward model, PPO, constrained decoding and prediction. It reads files alone."""
