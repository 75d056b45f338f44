"""Fetching a model's file from its card's address: whole and of the right hash, or not at all."""

import fcntl
import hashlib
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from edge.complaints import Complaint, as_complaint, complaint
from edge.files import TargetError, write_whole
from edge.models.errors import FetchError
from edge.models.making import card_text
from edge.vision.card import LOOPBACK, ModelCard, load_card, sha256_of
from edge.vision.detector import OnnxDetector
from edge.vision.errors import ModelError

TIMEOUT_S = 30
TRIES = 3
"""In one call; each goes on where the last one ended."""

Progress = Callable[[int, int | None], None]
"""Told after each piece: bytes that are here, and of how many if the server says so."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A model that is here. `first`: its hash was not known before, so this fetch decided it."""

    card: ModelCard
    card_path: Path
    weights: Path
    first: bool
    already: bool


def fetch(card: ModelCard, folder: Path, progress: Progress = lambda done, total: None) -> Fetched:
    """Fetch the card's file into the folder, and write the card beside it, with the hash.

    Raises FetchError, TargetError. What is incomplete stays as NAME.part and is gone on with, here or by the next call,
    if the card knows the hash; a file whose hash nobody knows is begun anew by each call, so that no two versions mix.
    """
    if not card.address:
        raise FetchError(complaint("fetch.no_address", card=card.name, source=card.source))
    target, card_path = folder / card.file, folder / f"{card.name}.yaml"
    try:
        already = bool(card.sha256) and target.is_file() and sha256_of(target) == card.sha256
        if target.exists() and not already:
            raise TargetError(complaint("fetch.other_file", path=target))
        folder.mkdir(parents=True, exist_ok=True)
        if not already:
            _fetch_file(card, target, progress)
        whole = card.model_copy(update={"sha256": sha256_of(target)})
    except OSError as error:
        raise TargetError(complaint("fetch.not_written", path=target, why=error.strerror or str(error))) from None
    if not card_path.is_file() or load_card(card_path).sha256 != whole.sha256:
        write_whole(card_path, card_text(whole))
    return Fetched(whole, card_path, target, first=not card.sha256, already=already)


def _fetch_file(card: ModelCard, target: Path, progress: Progress) -> None:
    part = target.with_name(f"{target.name}.part")
    with _held(part, keeps=bool(card.sha256)), _client() as client:
        download = _Download(client, card.address, part, progress)
        for attempt in range(TRIES):
            before = download.here
            try:
                download.go_on()
                break
            except httpx.HTTPError as error:
                if attempt == TRIES - 1 or download.here == before:
                    raise FetchError(download.cut_off(error, keeps=bool(card.sha256))) from None
        _check(card, part)
        part.replace(target)


@contextmanager
def _held(part: Path, *, keeps: bool) -> Iterator[None]:
    """Keep others from an incomplete file, lest their pieces mix with ours; without `keeps` it begins and ends empty.

    Raises FetchError if another call has it.
    """
    with part.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FetchError(complaint("fetch.busy", path=part)) from None
        if not keeps:
            file.truncate(0)
        try:
            yield
        finally:
            if part.is_file() and not (keeps and part.stat().st_size):
                part.unlink()


def _client() -> httpx.Client:
    """Raises FetchError if a proxy or certificates that the environment names cannot be used."""
    try:
        return httpx.Client(timeout=TIMEOUT_S, follow_redirects=True)
    except (ImportError, OSError, ValueError, httpx.InvalidURL) as error:
        raise FetchError(complaint("fetch.environment", why=str(error))) from None


def _check(card: ModelCard, part: Path) -> None:
    """Raises FetchError for a complete file that is not what the card says; one of another hash is removed."""
    with part.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if card.sha256 and digest != card.sha256:
        part.unlink()
        raise FetchError(
            complaint("fetch.other_hash", address=card.address, found=digest, card=card.name, expected=card.sha256)
        )
    misfit = None if card.sha256 else _misfit(card.model_copy(update={"sha256": digest}), part)
    if misfit is not None:
        raise FetchError(complaint("fetch.misfit", address=card.address, why=misfit))


def _misfit(card: ModelCard, part: Path) -> Complaint | None:
    """What shows that a file whose hash nobody had told us is not the card's, such as the page of a hotel's network."""
    if card.to_export:
        return None if zipfile.is_zipfile(part) else complaint("export.no_weights", path=part)
    try:
        OnnxDetector(card, part)
    except ModelError as error:
        return as_complaint(error)
    return None


class _Download:
    """One file on its way; goes on where it ended as long as the server has the same version."""

    def __init__(self, client: httpx.Client, address: str, part: Path, progress: Progress) -> None:
        self._client, self._address, self._part, self._progress = client, address, part, progress
        self._version: str | None = None
        self._total: int | None = None

    @property
    def here(self) -> int:
        """Bytes so far."""
        return self._part.stat().st_size if self._part.is_file() else 0

    def go_on(self) -> None:
        """Fetch what is missing. Raises httpx.HTTPError when it is cut off, FetchError when trying again is no use."""
        here = self.here
        headers = {"Accept-Encoding": "identity"}
        if here:
            headers["Range"] = f"bytes={here}-"
            if self._version:
                headers["If-Range"] = self._version
        try:
            with self._client.stream("GET", self._address, headers=headers) as answer:
                if here and answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                    return  # all of it was here already: the hash decides
                self._refuse(answer)
                resumed = answer.status_code == httpx.codes.PARTIAL_CONTENT
                self._note(answer, here if resumed else 0)
                with self._part.open("ab" if resumed else "wb") as file:
                    done = file.tell()
                    for piece in answer.iter_raw():
                        done += file.write(piece)
                        self._progress(done, self._total)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            said = complaint("fetch.no_address_of_web", address=self._address, why=str(error))
            raise FetchError(said) from None

    def cut_off(self, error: httpx.HTTPError, *, keeps: bool) -> Complaint:
        """What happened, in a sentence."""
        why = str(error) or type(error).__name__
        here = self.here
        if not here:
            return complaint("fetch.not_reached", address=self._address, why=why)
        amount = complaint("fetch.amount", here=here)
        if self._total:
            amount = complaint("fetch.amount_of", here=here, total=self._total)
        if not keeps:
            return complaint("fetch.cut_off_for_good", address=self._address, amount=amount, why=why)
        return complaint("fetch.cut_off", address=self._address, amount=amount, why=why)

    def _refuse(self, answer: httpx.Response) -> None:
        for url in (one.url for one in (*answer.history, answer)):
            if url.scheme != "https" and url.host not in LOOPBACK:
                raise FetchError(complaint("fetch.not_https", address=self._address, target=str(url)))
        if answer.status_code not in (httpx.codes.OK, httpx.codes.PARTIAL_CONTENT):
            status, reason = answer.status_code, answer.reason_phrase
            raise FetchError(complaint("fetch.refused", address=self._address, status=status, reason=reason))

    def _note(self, answer: httpx.Response, here: int) -> None:
        tag = answer.headers.get("ETag", "")
        self._version = tag if tag and not tag.startswith("W/") else answer.headers.get("Last-Modified")
        length = answer.headers.get("Content-Length", "")
        self._total = here + int(length) if length.isdigit() else None
