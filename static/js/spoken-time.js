// "30 seconds" in the page's language, with its plural forms and the figures of the orders' numbers.

const FORMAT = new Intl.NumberFormat(document.documentElement.lang, {
  style: "unit",
  unit: "second",
  unitDisplay: "long",
  numberingSystem: "latn",
});

export const inWords = (seconds) => FORMAT.format(seconds);
