"""What may be asked: types, scopes beside their fields, errors. Declarations only; no source is named here."""
