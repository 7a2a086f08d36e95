using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Exchanges.Compression;

/// <summary>
/// If-None-Match for applications whose strong entity tags clients may have got as weak ones. RFC 9110 section 13.1.2 has
/// both compared weakly, but some servers, such as ASP.NET Core's of static files, compare byte by byte: they would
/// never answer 304. So each weak tag is shown in both forms, which means the same to others.
/// </summary>
internal static class ShownTags
{
    /// <summary>Whether the request shows a weak tag.</summary>
    public static bool HasWeak(RequestHead request)
    {
        for (var index = request.IndexOf(HeaderName.IfNoneMatch); index >= 0; index = request.IndexOf(HeaderName.IfNoneMatch, index + 1))
        {
            if (request.ValueOf(in request.Fields[index]).IndexOf("W/\""u8) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Writes one If-None-Match line with the tags of all lines, then the weak ones of them as strong ones.</summary>
    public static void Write(ref HeadWriter writer, RequestHead request)
    {
        writer.BeginField(HeaderNames.Spelling(HeaderName.IfNoneMatch));
        var isFirst = true;
        for (var index = request.IndexOf(HeaderName.IfNoneMatch); index >= 0; index = request.IndexOf(HeaderName.IfNoneMatch, index + 1))
        {
            writer.Write(isFirst ? default : ", "u8);
            writer.Write(request.ValueOf(in request.Fields[index]));
            isFirst = false;
        }

        for (var index = request.IndexOf(HeaderName.IfNoneMatch); index >= 0; index = request.IndexOf(HeaderName.IfNoneMatch, index + 1))
        {
            WriteStrong(ref writer, request.ValueOf(in request.Fields[index]));
        }

        writer.EndField();
    }

    private static void WriteStrong(ref HeadWriter writer, ReadOnlySpan<byte> shown)
    {
        while (shown.IndexOf("W/\""u8) is >= 0 and var at)
        {
            var tag = shown[(at + 2)..];
            var length = tag[1..].IndexOf((byte)'"') + 2;
            if (length < 2)
            {
                return;
            }

            writer.Write(", "u8);
            writer.Write(tag[..length]);
            shown = tag[length..];
        }
    }
}
