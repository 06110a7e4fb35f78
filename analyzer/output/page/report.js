// Filters of the transcript. Everything else of the page works without it.
(function () {
	"use strict";
	var rows = Array.prototype.slice.call(document.querySelectorAll("#rows tbody tr"));
	var form = document.getElementById("filters");
	var shown = document.getElementById("shown");
	if (!form || !rows.length)
		return;
	document.documentElement.classList.add("scripted");

	function number(text) {
		text = text.trim();
		return /^0x[0-9a-f]+$/i.test(text) ? parseInt(text, 16) : /^[0-9]+$/.test(text) ? parseInt(text, 10) : NaN;
	}

	// "A-B", "A+LENGTH", "A-" or "A": [first, last], null where nothing is asked for, undefined where it is none of these.
	function range(text) {
		var match = /^\s*([0-9a-fx]+)\s*(?:([-+])\s*([0-9a-fx]*))?\s*$/i.exec(text), first, second;
		if (!text.trim())
			return null;
		if (!match)
			return undefined;
		first = number(match[1]);
		second = match[3] ? number(match[3]) : NaN;
		if (isNaN(first) || (match[3] && isNaN(second)))
			return undefined;
		if (match[2] === "+")
			return [first, first + second - 1];
		return [first, match[2] ? (match[3] ? second : Infinity) : first];
	}

	function inside(value, limits, length) {
		return limits === null || (value !== undefined && Number(value) <= limits[1] && Number(value) + Number(length || 1) - 1 >= limits[0]);
	}

	function apply() {
		var words = form.elements.words.value.toLowerCase();
		var bad = form.elements.bad.checked;
		var group = form.elements.group.value;
		var address = range(form.elements.address.value);
		var frames = range(form.elements.frames.value);
		var count = 0, limited = words || bad || group || form.elements.address.value.trim() || form.elements.frames.value.trim();
		form.elements.address.setAttribute("aria-invalid", String(address === undefined));
		form.elements.frames.setAttribute("aria-invalid", String(frames === undefined));
		rows.forEach(function (row) {
			var data = row.dataset, good;
			if (!data.f) {
				row.hidden = Boolean(limited);
				return;
			}
			good = (!bad || row.classList.contains("bad")) && (!group || data.g === group) &&
				(!words || row.textContent.toLowerCase().indexOf(words) >= 0) &&
				address !== undefined && inside(data.a, address, data.l) && frames !== undefined && inside(data.f, frames);
			row.hidden = !good;
			count += good ? 1 : 0;
		});
		shown.textContent = limited ? count + " of " + rows.filter(function (row) { return row.dataset.f; }).length + " rows" : "";
	}

	form.addEventListener("input", apply);
	form.addEventListener("reset", function () { setTimeout(apply, 0); });
	form.addEventListener("submit", function (event) { event.preventDefault(); });
	// A link to a frame must find it, whatever is filtered.
	function reveal() {
		var target = location.hash && document.getElementById(location.hash.slice(1));
		var row = target && target.closest("tr");
		if (!row)
			return;
		if (row.hidden) {
			form.reset();
			apply();
		}
		row.scrollIntoView({ block: "center" });
	}
	window.addEventListener("hashchange", reveal);
	apply();
	reveal();
}());
