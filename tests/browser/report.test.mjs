// Opens a report's page in Debian's Chromium and looks at it as its readers do: with and without scripts, light, dark, on paper, by keyboard.
// Usage: node report.test.mjs FOLDER; the folder holds failing.html, long.html, hostile.html and gets screenshots.
// A line a check, as tests/support/checks.sh has them.
import { chromium } from "playwright-core";
import { pathToFileURL } from "node:url";
import path from "node:path";

const folder = path.resolve(process.argv[2]);
let failures = 0;

function check(what, good, detail) {
	console.log(`${good ? "ok" : "not ok"} page: ${what}${good || detail === undefined ? "" : `: ${detail}`}`);
	failures += good ? 0 : 1;
}

const browser = await chromium.launch({
	executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
	args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

// Opens a page of the folder; everything that it says on the console or asks from the network is kept.
async function open(name, options = {}) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
	const page = await context.newPage();
	const url = pathToFileURL(path.join(folder, name)).href;
	const seen = { console: [], requests: [] };
	page.on("console", (message) => seen.console.push(`${message.type()}: ${message.text()}`));
	page.on("pageerror", (error) => seen.console.push(String(error)));
	page.on("dialog", async (dialog) => { seen.console.push(`dialog: ${dialog.message()}`); await dialog.dismiss(); });
	page.on("request", (request) => { if (!request.url().startsWith(url)) seen.requests.push(request.url()); });
	await page.goto(url);
	return { page, context, seen };
}

const visibleRows = (page) => page.locator("#rows tbody tr[data-f]:visible").count();

// WCAG 2.1: relative luminance and contrast of the text of every element that has some of its own.
function contrasts() {
	const channel = (value) => (value /= 255) <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
	const luminance = ([red, green, blue]) => 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
	const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
	function colour(text, under) {
		canvas.fillStyle = `rgb(${under.join(",")})`;
		canvas.fillRect(0, 0, 1, 1);
		canvas.fillStyle = text;
		canvas.fillRect(0, 0, 1, 1);
		return Array.from(canvas.getImageData(0, 0, 1, 1).data.slice(0, 3));
	}
	function background(element) {
		const parent = element.parentElement ? background(element.parentElement) : [255, 255, 255];
		return colour(getComputedStyle(element).backgroundColor, parent);
	}
	const bad = [];
	for (const element of document.querySelectorAll("body *")) {
		const own = Array.from(element.childNodes).some((node) => node.nodeType === 3 && node.textContent.trim());
		if (!own || element.closest("svg, script, style, [hidden], .skip") || !element.getClientRects().length)
			continue;
		const back = background(element);
		const one = luminance(colour(getComputedStyle(element).color, back)), other = luminance(back);
		const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
		if (ratio < 4.5)
			bad.push(`${element.tagName} "${element.textContent.trim().slice(0, 30)}" ${ratio.toFixed(2)}`);
	}
	return bad.slice(0, 5);
}

for (const scheme of ["light", "dark"]) {
	const { page, context, seen } = await open("failing.html", { colorScheme: scheme });
	check(`${scheme}: opens without a word on the console`, !seen.console.length, seen.console.join("; "));
	check(`${scheme}: asks nothing from outside`, !seen.requests.length, seen.requests.join("; "));
	check(`${scheme}: the verdict is visible`, await page.locator(".verdict").isVisible());
	check(`${scheme}: the verdict is within the first screen`, (await page.locator(".verdict").boundingBox()).y < 300);
	const bad = await page.evaluate(contrasts);
	check(`${scheme}: all text has a contrast of 4.5 or more`, !bad.length, bad.join("; "));
	await page.screenshot({ path: path.join(folder, `${scheme}.png`), fullPage: true });
	await context.close();
}

{
	const { page, context } = await open("failing.html");
	const all = await visibleRows(page);
	check("the transcript has rows", all > 3, all);
	await page.locator("#filters").getByLabel("only what failed").check();
	const failed = await visibleRows(page);
	check("the filter for what failed leaves those rows", failed > 0 && failed < all, `${failed} of ${all}`);
	check("each row that it leaves failed", await page.locator("#rows tbody tr[data-f]:visible:not(.bad)").count() === 0);
	await page.getByRole("button", { name: "Show all" }).click();
	await page.waitForFunction((count) => document.querySelectorAll("#rows tbody tr[data-f]:not([hidden])").length === count, all);
	await page.locator("#filters").getByLabel("Search").fill("get_version");
	check("the search leaves what holds the words", await visibleRows(page) > 0 && await visibleRows(page) < all);
	await page.getByRole("button", { name: "Show all" }).click();
	await page.locator("#filters select").selectOption("mode");
	const modes = await page.locator("#rows tbody tr[data-f]:visible").evaluateAll((rows) => rows.map((row) => row.dataset.g));
	check("the group leaves its commands", modes.length > 0 && modes.every((group) => group === "mode"), modes.join());
	await page.getByRole("button", { name: "Show all" }).click();
	const frame = Number(await page.locator("#rows tbody tr[data-g]").first().getAttribute("data-f"));
	await page.locator("#filters").getByLabel("Frames").fill(`${frame}-${frame}`);
	check("a range of frames leaves them", await visibleRows(page) >= 1 && await visibleRows(page) < all);
	await page.locator("#filters").getByLabel("Frames").fill("nonsense");
	check("a range that is none is said to be so", await page.locator("#filters").getByLabel("Frames").getAttribute("aria-invalid") === "true");
	const link = page.locator(".finding.is-error a").first();
	const target = await link.getAttribute("href");
	await link.click();
	check("a finding's frame leads to its row, though it was filtered away", await page.locator(target).locator("xpath=ancestor-or-self::tr").isVisible());
	const summary = page.locator("#rows summary").first();
	await summary.focus();
	await page.keyboard.press("Enter");
	check("a row opens by keyboard to fields and bytes", await page.locator("#rows details[open] pre").first().isVisible());
	const dead = await page.evaluate(() => Array.from(document.querySelectorAll("a[href^='#']")).map((a) => a.getAttribute("href")).filter((href) => !document.getElementById(href.slice(1))));
	check("every link leads somewhere", !dead.length, dead.join());
	const ids = await page.evaluate(() => { const all = Array.from(document.querySelectorAll("[id]"), (e) => e.id); return all.filter((id, at) => all.indexOf(id) !== at); });
	check("no id stands twice", !ids.length, ids.join());
	const headings = await page.evaluate(() => Array.from(document.querySelectorAll("h1,h2,h3,h4"), (heading) => Number(heading.tagName[1])));
	check("headings descend step by step", headings[0] === 1 && headings.every((level, at) => !at || level <= headings[at - 1] + 1), headings.join());
	check("every field has a label", await page.evaluate(() => Array.from(document.querySelectorAll("input,select")).every((field) => field.labels.length)));
	check("the page has one main part and a language", await page.evaluate(() => document.querySelectorAll("main").length === 1 && document.documentElement.lang === "en"));
	await page.keyboard.press("Tab");
	await page.emulateMedia({ media: "print" });
	check("on paper there are no filters", !await page.locator(".filters").isVisible());
	check("on paper the verdict is dark on light", await page.evaluate(() => getComputedStyle(document.body).backgroundColor) === "rgb(255, 255, 255)");
	await page.screenshot({ path: path.join(folder, "print.png"), fullPage: true });
	await page.pdf({ path: path.join(folder, "print.pdf"), format: "A4" });
	await context.close();
}

{
	const { page, context, seen } = await open("failing.html", { javaScriptEnabled: false });
	check("without scripts the verdict and the transcript are there", await page.locator(".verdict").isVisible() && await page.locator("#rows tbody tr").count() > 3);
	check("without scripts there are no filters that do nothing", !await page.locator(".filters").isVisible());
	check("without scripts nothing is asked from outside", !seen.requests.length);
	await context.close();
}

{
	const { page, context, seen } = await open("hostile.html");
	check("hostile strings: not a word on the console, no dialog", !seen.console.length, seen.console.join("; "));
	check("hostile strings: nothing is asked from outside", !seen.requests.length, seen.requests.join("; "));
	check("hostile strings: they are text", await page.evaluate(() => !document.querySelector("main script, main img, main iframe, b.injected") && !window.injected));
	check("hostile strings: they show", (await page.locator("main").innerText()).includes("<script>"));
	await context.close();
}

{
	const { page, context, seen } = await open("long.html");
	const rows = await page.locator("#rows tbody tr[data-f]").count();
	check("a long capture has at most 5000 rows", rows > 0 && rows <= 5000, rows);
	check("what is left out is counted", (await page.locator("#rows tr.left").first().innerText()).includes("left out"));
	check("and it says nothing on the console", !seen.console.length);
	await context.close();
}

{
	const { page, context } = await open("failing.html", { viewport: { width: 380, height: 800 } });
	check("on a small screen the page itself does not scroll sideways", await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));
	await context.close();
}

await browser.close();
process.exit(failures ? 1 : 0);
