using System.Text;

namespace WunderProxy.Forwarding.Http1;

/// <summary>Parses request lines from left to right, so that a bad byte is refused as soon as it arrives.</summary>
internal static class RequestLineParser
{
    /// <summary>Parses method SP request-target SP HTTP-version CRLF (RFC 9112 section 3).</summary>
    /// <param name="bytes">Bytes that start with the method.</param>
    /// <param name="line">The parts of the line, if the status is <see cref="ParseStatus.Done"/>.</param>
    /// <param name="reason">Why the line was refused, if the status is <see cref="ParseStatus.Rejected"/>.</param>
    public static ParseStatus Parse(ReadOnlySpan<byte> bytes, out RequestLine line, out RequestRejection reason)
    {
        line = default;
        reason = RequestRejection.None;
        var methodLength = bytes.IndexOfAnyExcept(Grammar.Token);
        if (methodLength < 0)
        {
            return ParseStatus.NeedMore;
        }

        if (methodLength == 0 || bytes[methodLength] != ' ')
        {
            reason = RequestRejection.BadMethod;
            return ParseStatus.Rejected;
        }

        var method = KnownMethods.Find(bytes[..methodLength]);
        var targetStart = methodLength + 1;
        var rest = bytes[targetStart..];
        var targetLength = rest.IndexOfAnyExcept(Grammar.Target);
        if (targetLength < 0)
        {
            return ParseStatus.NeedMore;
        }

        reason = CheckTargetEnd(rest, targetLength);
        if (reason == RequestRejection.None)
        {
            reason = ReadTarget(rest[..targetLength], method, targetStart, out line);
        }

        if (reason != RequestRejection.None)
        {
            return ParseStatus.Rejected;
        }

        var versionStart = targetStart + targetLength + 1;
        var status = VersionGrammar.ParseRequest(bytes[versionStart..], out var minor, out reason);
        line = line with { MinorVersion = minor, Length = versionStart + VersionGrammar.Length + 2 };
        return status;
    }

    private static RequestRejection CheckTargetEnd(ReadOnlySpan<byte> rest, int targetLength) => rest[targetLength] switch
    {
        (byte)' ' => targetLength == 0 ? RequestRejection.BadRequestLine : RequestRejection.None,

        // A line that ends here is HTTP/0.9 or lacks a part.
        Grammar.Cr or Grammar.Lf => RequestRejection.BadRequestLine,
        _ => RequestRejection.BadTarget,
    };

    private static RequestRejection ReadTarget(
        ReadOnlySpan<byte> target, KnownMethod method, int targetStart, out RequestLine line)
    {
        line = new RequestLine(method, targetStart - 1, target.Length, TargetForm.Origin, 0, targetStart, 0, 0);
        if (method == KnownMethod.Connect)
        {
            return RequestRejection.ConnectRefused;
        }

        if (target[0] == '/')
        {
            return RequestRejection.None;
        }

        if (target.SequenceEqual("*"u8))
        {
            line = line with { Form = TargetForm.Asterisk };
            return method == KnownMethod.Options ? RequestRejection.None : RequestRejection.BadTarget;
        }

        return ReadAbsoluteTarget(target, ref line);
    }

    private static RequestRejection ReadAbsoluteTarget(ReadOnlySpan<byte> target, ref RequestLine line)
    {
        var schemeLength = SchemeLength(target);
        if (schemeLength == 0)
        {
            return RequestRejection.BadTarget;
        }

        var afterScheme = target[schemeLength..];
        var authorityLength = afterScheme.IndexOfAny((byte)'/', (byte)'?');
        authorityLength = authorityLength < 0 ? afterScheme.Length : authorityLength;
        line = line with
        {
            Form = TargetForm.Absolute,
            AuthorityLength = authorityLength,
            PathStart = line.TargetStart + schemeLength + authorityLength,
        };

        // User information is refused as well: "@" is not a byte of a host (RFC 9110 section 4.2.4).
        return HostGrammar.IsValid(afterScheme[..authorityLength]) ? RequestRejection.None : RequestRejection.BadHost;
    }

    private static int SchemeLength(ReadOnlySpan<byte> target)
    {
        var http = "http://"u8;
        var https = "https://"u8;
        if (target.Length >= http.Length && Ascii.EqualsIgnoreCase(target[..http.Length], http))
        {
            return http.Length;
        }

        return target.Length >= https.Length && Ascii.EqualsIgnoreCase(target[..https.Length], https) ? https.Length : 0;
    }
}
