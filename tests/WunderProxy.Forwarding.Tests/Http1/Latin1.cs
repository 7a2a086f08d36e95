using System.Text;

namespace WunderProxy.Forwarding.Tests.Http1;

/// <summary>Bytes as strings whose characters are the byte values, so that tables stay readable.</summary>
internal static class Latin1
{
    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>The text with controls and high bytes escaped, cut to a length that fits in a test name.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (var letter in text)
        {
            _ = letter switch
            {
                '\r' => escaped.Append("\\r"),
                '\n' => escaped.Append("\\n"),
                < ' ' or > '~' => escaped.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\x{(int)letter:x2}"),
                _ => escaped.Append(letter),
            };
        }

        return escaped.Length <= 100 ? escaped.ToString() : $"{escaped.ToString(0, 90)}... {text.Length} bytes";
    }
}
