using System.Runtime.InteropServices;

namespace WunderProxy.Forwarding.Exchanges.Clients;

/// <summary>
/// The three points in time that a stream may be waiting for at once, in loop milliseconds; 0 means none.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal struct Deadlines
{
    /// <summary>
    /// Time until which the client has to send bytes: of a head, of a body, or the end of its stream.
    /// </summary>
    public long ClientRead { get; set; }

    /// <summary>Time until which the client has to accept what was sent.</summary>
    public long ClientWrite { get; set; }

    /// <summary>Time until which the upstream's response head has to arrive, or a pause has to end.</summary>
    public long Response { get; set; }

    /// <summary>The earliest of the three times; 0 if there is none.</summary>
    public readonly long Earliest
    {
        get
        {
            var earliest = long.MaxValue;
            earliest = ClientRead != 0 ? Math.Min(earliest, ClientRead) : earliest;
            earliest = ClientWrite != 0 ? Math.Min(earliest, ClientWrite) : earliest;
            earliest = Response != 0 ? Math.Min(earliest, Response) : earliest;
            return earliest == long.MaxValue ? 0 : earliest;
        }
    }
}
