using System.Text;

namespace WunderProxy.Fuzz.Proxy;

/// <summary>Makes what bodies are made of.</summary>
internal static class BodyMaker
{
    private static readonly string[] Trailers =
    [
        "X-T: 1\r\n", "X-U: \xe9\r\n", "Content-Length: 7\r\n", "Host: trailer\r\n", "Set-Cookie: a=b\r\n",
    ];

    /// <summary>Random bytes.</summary>
    public static string Bytes(int count, Random random) =>
        string.Create(count, random, static (letters, source) =>
        {
            for (var at = 0; at < letters.Length; at++)
            {
                letters[at] = (char)source.Next(256);
            }
        });

    /// <summary>Writes content in chunks of any size, with an extension or a trailer now and then.</summary>
    public static void AppendChunks(StringBuilder text, string content, Random random)
    {
        for (var at = 0; at < content.Length;)
        {
            var length = Math.Min(1 + random.Next(Math.Max(8, content.Length)), content.Length - at);
            text.Append(random.Next(8) == 0 ? "00" : "").Append(length.ToString(random.Next(2) == 0 ? "x" : "X"));
            text.Append(Extension(random)).Append("\r\n").Append(content, at, length).Append("\r\n");
            at += length;
        }

        text.Append('0').Append(Extension(random)).Append("\r\n");
        for (var count = random.Next(4) == 0 ? random.Next(3) : 0; count > 0; count--)
        {
            text.Append(Trailers[random.Next(Trailers.Length)]);
        }

        text.Append("\r\n");
    }

    private static string Extension(Random random) => random.Next(24) switch
    {
        0 => ";a",
        1 => " ; a = \"b;\\\"c\"",
        2 => ";a=b;c=d",
        _ => "",
    };
}
