"""Why a read is refused."""

from backend.errors import ConflictError, NotFoundError


class MeterNotFoundError(NotFoundError):
    """404: there is no such meter."""

    def __init__(self) -> None:
        super().__init__("meter_not_found", "There is no meter with this id.")


class ReadNotFoundError(NotFoundError):
    """404: there is no such read, or it was struck."""

    def __init__(self) -> None:
        super().__init__("read_not_found", "There is no read with this id that counts.")


class ReadItemNotFoundError(NotFoundError):
    """404: there is no such line of a file."""

    def __init__(self) -> None:
        super().__init__("read_item_not_found", "There is no line of a read file with this id.")


class LayoutNotFoundError(NotFoundError):
    """404: no layout of that name."""

    def __init__(self) -> None:
        super().__init__("read_layout_not_found", "There is no download layout of this name in reads.toml.")


class ReadRefusedError(ConflictError):
    """409: the read cannot be true, or another is there."""
