# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the indicators are called, and how each is counted, in words."""

from flask_babel import lazy_gettext as _l

# Name and definition of each figure, as people read them.
FIGURES = {
    "OUT1": (_l("Funzionari iscritti"), _l("Persone diverse con almeno un'iscrizione confermata a un corso.")),
    "OUT2": (_l("Funzionari formati"), _l("Persone diverse con almeno un attestato valido.")),
    "OUT3": (_l("Ore di formazione erogate"), _l("Durata effettiva delle lezioni con foglio chiuso.")),
    "OUT4": (_l("Ore-persona"), _l("Somma delle ore riconosciute a ciascun partecipante, da fogli chiusi.")),
    "OUT5": (_l("Edizioni concluse"), _l("Edizioni di corso con tutti i fogli chiusi e gli esiti calcolati.")),
    "OUT6": (_l("Enti raggiunti"), _l("Enti di appartenenza con almeno una persona presente a una lezione.")),
    "RES1": (_l("Tasso di completamento"), _l("Iscritti che hanno raggiunto la soglia, sugli iscritti alle edizioni concluse (ritirati esclusi).")),
    "RES2": (_l("Frequenza media"), _l("Ore riconosciute, sulle ore delle lezioni svolte, per tutti gli iscritti.")),
    "due": (_l("Attestati da rilasciare"), _l("Iscrizioni completate, in edizioni concluse, senza un attestato valido.")),
}  # fmt: skip
