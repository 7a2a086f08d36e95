namespace WunderProxy.Forwarding.Exchanges;

/// <summary>What an exchange is suspended in; several at a time while a body goes up and a response is awaited.</summary>
[Flags]
internal enum Waits : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>For bytes of the client.</summary>
    ClientRead = 1,

    /// <summary>For the client to take bytes.</summary>
    ClientWrite = 2,

    /// <summary>For bytes of the upstream.</summary>
    UpstreamRead = 4,

    /// <summary>For the upstream to take bytes.</summary>
    UpstreamWrite = 8,

    /// <summary>For the end of a pause.</summary>
    Pause = 16,
}
