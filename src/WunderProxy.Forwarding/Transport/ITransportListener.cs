using System.Net;

namespace WunderProxy.Forwarding.Transport;

/// <summary>A listening socket whose connections a transport accepts.</summary>
internal interface ITransportListener : IDisposable
{
    /// <summary>The bound address, with the actual port if port 0 was asked for.</summary>
    EndPoint EndPoint { get; }
}
