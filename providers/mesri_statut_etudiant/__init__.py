"""Source: the admissions and enrolments of a student, from the MESRI."""
