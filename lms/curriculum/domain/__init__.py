"""Modules and lessons as plain values."""

from lms.curriculum.domain.lesson import Lesson, LessonText, Module

__all__ = ["Lesson", "LessonText", "Module"]
