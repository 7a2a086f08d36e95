using System.Text;

namespace WunderProxy.Fuzz.Proxy;

/// <summary>Damages a message by a few random edits.</summary>
internal static class ByteMutator
{
    private const int MaxEdits = 3;
    private const int MaxCut = 12;

    private static readonly string[] Pieces =
    [
        "\r", "\n", "\r\n", "\r\n\r\n", "\0", " ", "\t", "\v", "\x7f", "\x85", "\xff", ":", ";", ",", "\"", "#", "*",
        "_", "0", "1", "f", "00000000", "7fffffffffffffff", "ffffffffffffffff", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0",
        "GET ", "HEAD ", "CONNECT ", "http://x", "Host: h\r\n", "Content-Length: 5\r\n", "Content-Length: 0\r\n",
        "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip\r\n", "Transfer-Encoding : chunked\r\n",
        "Transfer_Encoding: chunked\r\n", "Connection: close\r\n", "Connection: Host, Cookie\r\n",
        "Content-Length: +5\r\n", "Content-Length: 5, 5\r\n", "Upgrade: h2c\r\n", " X: fold\r\n", "X : 1\r\n",
        ": 1\r\n", "0\r\n\r\n", "5\r\nhello\r\n", "GET /smuggled HTTP/1.1\r\nHost: s\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
    ];

    /// <summary>The damaged text.</summary>
    public static string Mutate(string text, Random random)
    {
        var edited = new StringBuilder(text);
        for (var edits = random.Next(MaxEdits) + 1; edits > 0; edits--)
        {
            var at = random.Next(edited.Length + 1);
            var length = Math.Min(random.Next(MaxCut), edited.Length - at);
            switch (random.Next(6))
            {
                case 0 or 1:
                    edited.Insert(at, Pieces[random.Next(Pieces.Length)]);
                    break;
                case 2:
                    edited.Remove(at, length);
                    break;
                case 3:
                    edited.Insert(at, (char)random.Next(256));
                    break;
                case 4 when at < edited.Length:
                    edited[at] = (char)random.Next(256);
                    break;
                default:
                    edited.Insert(at, edited.ToString(at, length));
                    break;
            }
        }

        return edited.ToString();
    }
}
