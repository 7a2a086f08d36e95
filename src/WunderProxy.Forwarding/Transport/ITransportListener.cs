using System.Net;

namespace WunderProxy.Forwarding.Transport;

/// <summary>One listening socket in use.</summary>
internal interface ITransportListener : IDisposable
{
    /// <summary>The bound address, with the real port when 0 was asked for.</summary>
    EndPoint EndPoint { get; }
}
