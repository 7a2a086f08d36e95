using System.Text;

namespace WunderProxy.Forwarding.Http1;

/// <summary>Chooses the content coding of a response by the Accept-Encoding of its request (RFC 9110 section 12.5.3).</summary>
internal static class AcceptEncoding
{
    private const int NotNamed = -1;
    private const int Full = 1000;

    /// <summary>
    /// Returns the coding that the client weighs highest; Brotli where it takes Brotli and gzip equally, and identity
    /// where it names none of both, or weighs identity higher.
    /// </summary>
    /// <remarks>
    /// Without Accept-Encoding every coding is acceptable, but a client that does not mention one seldom decodes it:
    /// the answer is identity. An element that breaks the grammar makes its coding unacceptable, and so does the lowest
    /// weight of a coding that is named twice.
    /// </remarks>
    public static ContentCoding Choose(RequestHead request)
    {
        var brotli = NotNamed;
        var gzip = NotNamed;
        var identity = NotNamed;
        var any = NotNamed;
        var index = request.IndexOf(HeaderName.AcceptEncoding);
        for (; index >= 0; index = request.IndexOf(HeaderName.AcceptEncoding, index + 1))
        {
            var elements = new ListValue(request.ValueOf(in request.Fields[index]));
            while (elements.MoveNext())
            {
                var (name, weight) = Split(elements.Current);
                if (Ascii.EqualsIgnoreCase(name, "br"u8))
                {
                    Note(ref brotli, weight);
                }
                else if (Ascii.EqualsIgnoreCase(name, "gzip"u8) || Ascii.EqualsIgnoreCase(name, "x-gzip"u8))
                {
                    Note(ref gzip, weight);
                }
                else if (Ascii.EqualsIgnoreCase(name, "identity"u8))
                {
                    Note(ref identity, weight);
                }
                else if (name is [(byte)'*'])
                {
                    Note(ref any, weight);
                }
            }
        }

        // "*" stands for what no other element names.
        brotli = brotli == NotNamed ? any : brotli;
        gzip = gzip == NotNamed ? any : gzip;
        var best = Math.Max(brotli, gzip);
        return best <= 0 || identity > best ? ContentCoding.Identity
            : brotli == best ? ContentCoding.Brotli
            : ContentCoding.Gzip;
    }

    private static void Note(ref int noted, int weight) => noted = noted == NotNamed ? weight : Math.Min(noted, weight);

    /// <summary>Splits an element into its coding and its weight in thousandths.</summary>
    private static Element Split(ReadOnlySpan<byte> element)
    {
        var semicolon = element.IndexOf((byte)';');
        return semicolon < 0
            ? new Element(element, Full)
            : new Element(Grammar.TrimBlanks(element[..semicolon]), ReadWeight(Grammar.TrimBlanks(element[(semicolon + 1)..])));
    }

    /// <summary>
    /// Reads a weight, "q=" and a number from 0 to 1 with at most three decimals (RFC 9110 section 12.4.2), in
    /// thousandths; 0 if it is malformed.
    /// </summary>
    private static int ReadWeight(ReadOnlySpan<byte> text)
    {
        if (text.Length is < 3 or > 7 || (text[0] | 0x20) != 'q' || text[1] != '=' || text[2] is not ((byte)'0' or (byte)'1'))
        {
            return 0;
        }

        var weight = (text[2] - '0') * Full;
        if (text.Length > 3 && text[3] != '.')
        {
            return 0;
        }

        var unit = 100;
        for (var at = 4; at < text.Length; at++, unit /= 10)
        {
            var digit = text[at] - '0';
            if ((uint)digit > 9)
            {
                return 0;
            }

            weight += digit * unit;
        }

        return weight <= Full ? weight : 0;
    }

    private readonly ref struct Element(ReadOnlySpan<byte> name, int weight)
    {
        private readonly ReadOnlySpan<byte> _name = name;

        public void Deconstruct(out ReadOnlySpan<byte> name, out int thousandths)
        {
            name = _name;
            thousandths = weight;
        }
    }
}
