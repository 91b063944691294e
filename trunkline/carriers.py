"""What an application needs to write a carrier adapter."""

from runtime.carriers.base import Carrier, Report

__all__ = ["Carrier", "Report"]
