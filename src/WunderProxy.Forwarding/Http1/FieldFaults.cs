using System.Diagnostics;

namespace WunderProxy.Forwarding.Http1;

/// <summary>Maps a <see cref="FieldFault"/> to the rejection of a request or of a response.</summary>
internal static class FieldFaults
{
    /// <summary>Returns why a request with this fault is refused.</summary>
    public static RequestRejection ForRequest(FieldFault fault) => fault switch
    {
        FieldFault.None => RequestRejection.None,
        FieldFault.BareCr => RequestRejection.BareCr,
        FieldFault.BareLf => RequestRejection.BareLf,
        FieldFault.ObsFold => RequestRejection.ObsFold,
        FieldFault.SpaceBeforeColon => RequestRejection.SpaceBeforeColon,
        FieldFault.BadName => RequestRejection.BadFieldName,
        FieldFault.BadValue => RequestRejection.BadFieldValue,
        FieldFault.TooLarge => RequestRejection.HeadersTooLarge,
        FieldFault.TooMany => RequestRejection.TooManyHeaders,
        _ => throw new UnreachableException(),
    };

    /// <summary>Returns why a response with this fault is refused.</summary>
    public static ResponseRejection ForResponse(FieldFault fault) => fault switch
    {
        FieldFault.None => ResponseRejection.None,
        FieldFault.BareCr => ResponseRejection.BareCr,
        FieldFault.BareLf => ResponseRejection.BareLf,
        FieldFault.ObsFold => ResponseRejection.ObsFold,
        FieldFault.SpaceBeforeColon => ResponseRejection.SpaceBeforeColon,
        FieldFault.BadName => ResponseRejection.BadFieldName,
        FieldFault.BadValue => ResponseRejection.BadFieldValue,
        FieldFault.TooLarge => ResponseRejection.HeadTooLarge,
        FieldFault.TooMany => ResponseRejection.TooManyHeaders,
        _ => throw new UnreachableException(),
    };
}
