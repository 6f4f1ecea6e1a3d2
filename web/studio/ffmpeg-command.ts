/** The command that publishes a file with ffmpeg 8, ready for a POSIX shell. */
export function ffmpegCommand(whip: string, key: string): string {
  return [
    'ffmpeg -re -i input.mp4',
    '-c:v libx264 -preset veryfast -tune zerolatency',
    '-profile:v baseline -pix_fmt yuv420p -bf 0 -g 60 -b:v 2500k',
    '-c:a libopus -ar 48000 -ac 2 -b:a 96k',
    `-f whip -authorization ${quoted(key)}`,
    quoted(whip),
  ].join(' \\\n  ')
}

/** As one word for the shell; what needs no quotes gets none. */
function quoted(word: string): string {
  return /^[A-Za-z0-9_\-.:/=@%]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
