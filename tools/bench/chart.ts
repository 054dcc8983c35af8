const row = 24;
const labels = 180;
const bars = 560;

/** Times in seconds as bars, in an SVG that needs nothing else. */
export function chart(seconds: Readonly<Record<string, number>>): string {
  const entries = Object.entries(seconds);
  const longest = Math.max(...Object.values(seconds));
  const lines = entries.map(([name, value], index) => {
    const y = index * row;
    const width = Math.max(1, (value / longest) * bars).toFixed(1);
    return [
      `<text x="${labels - 8}" y="${y + 16}" text-anchor="end">${name}</text>`,
      `<rect x="${labels}" y="${y + 4}" width="${width}" height="${row - 8}" fill="#c51a4a"/>`,
      `<text x="${labels + Number(width) + 6}" y="${y + 16}">${value.toFixed(1)} s</text>`,
    ].join("");
  });
  const size = `width="${labels + bars + 80}" height="${entries.length * row}"`;
  const font = 'font-family="sans-serif" font-size="13"';
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${font}>\n${lines.join("\n")}\n</svg>\n`;
}
