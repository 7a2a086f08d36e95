using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Exchanges.Compression;

/// <summary>
/// If-None-Match for applications whose strong entity tags clients may have got as weak ones. RFC 9110 section 13.1.2 has
/// both compared weakly, but some servers, such as ASP.NET Core's of static files, compare byte by byte: they would
/// never answer 304. So each weak tag is shown in both forms, which means the same to others.
/// </summary>
internal static class ShownTags
{
    // The second form at most doubles the field, so that the head stays within what servers accept.
    private const int MaxBytes = 4 * 1024;

    /// <summary>
    /// Whether <see cref="Write"/> has to replace the If-None-Match lines: the request shows a weak tag, and the values
    /// of all lines sum to 4 KiB at most. Longer ones pass as they are.
    /// </summary>
    public static bool NeedBothForms(RequestHead request)
    {
        var bytes = 0;
        var hasWeak = false;
        for (var index = NextLine(request, 0); index >= 0; index = NextLine(request, index + 1))
        {
            var value = request.ValueOf(in request.Fields[index]);
            bytes += value.Length;
            var tags = new EntityTags(value);
            while (!hasWeak && tags.MoveNext())
            {
                hasWeak = tags.IsWeak;
            }
        }

        return hasWeak && bytes <= MaxBytes;
    }

    /// <summary>Whether the request shows a strong tag in its weak form, whatever other tags it shows.</summary>
    /// <param name="request">The request.</param>
    /// <param name="strong">The strong tag, with its quotes.</param>
    public static bool HasWeak(RequestHead request, ReadOnlySpan<byte> strong)
    {
        for (var index = NextLine(request, 0); index >= 0; index = NextLine(request, index + 1))
        {
            var tags = new EntityTags(request.ValueOf(in request.Fields[index]));
            while (tags.MoveNext())
            {
                if (tags.IsWeak && tags.Opaque.SequenceEqual(strong))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Writes one If-None-Match line with the tags of all lines, then the weak ones of them as strong ones.</summary>
    public static void Write(ref HeadWriter writer, RequestHead request)
    {
        writer.BeginField(HeaderNames.Spelling(HeaderName.IfNoneMatch));
        var isFirst = true;
        for (var index = NextLine(request, 0); index >= 0; index = NextLine(request, index + 1))
        {
            writer.Write(isFirst ? default : ", "u8);
            writer.Write(request.ValueOf(in request.Fields[index]));
            isFirst = false;
        }

        for (var index = NextLine(request, 0); index >= 0; index = NextLine(request, index + 1))
        {
            var tags = new EntityTags(request.ValueOf(in request.Fields[index]));
            while (tags.MoveNext())
            {
                if (tags.IsWeak)
                {
                    writer.Write(", "u8);
                    writer.Write(tags.Opaque);
                }
            }
        }

        writer.EndField();
    }

    /// <summary>
    /// Returns the position of the next If-None-Match that is forwarded, or -1: Connection may name the field, which is
    /// then meant for this proxy only.
    /// </summary>
    private static int NextLine(RequestHead request, int start)
    {
        var index = request.IndexOf(HeaderName.IfNoneMatch, start);
        while (index >= 0 && (request.Fields[index].Flags & HeaderFlags.NeverForwarded) != HeaderFlags.None)
        {
            index = request.IndexOf(HeaderName.IfNoneMatch, index + 1);
        }

        return index;
    }
}
