"""Source: the quotient familial, household and address of an allocataire, from the CNAF or the MSA (API-SECU)."""
