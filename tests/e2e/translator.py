"""A browser's translator, as far as a page notices it."""

from playwright.sync_api import Page

# As Chromium's does it: each text node is taken out of the page, and a <font> with the translation is put in
# its place, also in what comes into the page later. Nobody sees what a script writes into the old node.
_TRANSLATE = """() => {
    const done = new WeakSet();
    const left = new Set(["SCRIPT", "STYLE", "TEXTAREA", "TITLE", "FONT"]);
    function translate(text) {
        const parent = text.parentNode;
        if (done.has(text) || !parent || !text.nodeValue.trim() || left.has(parent.nodeName)) return;
        const [outer, inner] = [document.createElement("font"), document.createElement("font")];
        const translation = document.createTextNode(`«${text.nodeValue}»`);
        done.add(translation);
        inner.append(translation);
        outer.append(inner);
        parent.replaceChild(outer, text);
    }
    function translateAll(root) {
        const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
        const texts = [];
        while (walker.nextNode()) texts.push(walker.currentNode);
        texts.forEach(translate);
    }
    translateAll(document.body);
    new MutationObserver((records) => {
        for (const node of records.flatMap(({ addedNodes }) => [...addedNodes])) {
            if (node.nodeType === Node.TEXT_NODE) translate(node);
            else if (node.nodeName !== "FONT") translateAll(node);
        }
    }).observe(document.body, { childList: true, subtree: true });
}"""


def translate(page: Page) -> None:
    """Translates the page into its own language, in «guillemets», now and from now on."""
    page.evaluate(_TRANSLATE)
