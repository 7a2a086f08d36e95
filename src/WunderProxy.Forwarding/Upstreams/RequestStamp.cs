using WunderProxy.Forwarding.Options;

namespace WunderProxy.Forwarding.Upstreams;

/// <summary>
/// Makes a forwarder the front end of the manager API: every request is stamped, so that the API behind it knows that
/// the request came through the front end, and from which caller.
/// </summary>
/// <remarks>
/// With a stamp, <c>Host</c> becomes the upstream's address and incoming <c>Wunderproxy-*</c> fields are removed. Added
/// are <c>Wunderproxy-Secret</c>, <c>Wunderproxy-Caller</c> (the caller, <c>ip:port</c> or <c>unix</c>),
/// <c>Wunderproxy-Target</c> (path and query, or <c>*</c>, as the client sent them), <c>Wunderproxy-Host</c> (the
/// <c>Host</c> that the client sent, absent if it sent none), <c>Wunderproxy-Scheme</c>, <c>Wunderproxy-User</c> (the
/// user id of a caller on this machine, absent if the kernel does not tell), and <c>Wunderproxy-Crowded</c> while
/// <see cref="CrowdOptions"/> leave little room. The request line always asks for <c>/</c>, so that no server behind
/// the front end has to understand the target before the API does. Forwarding headers, and those that <c>Connection</c>
/// names, pass as the client sent them, so that the API sees them. A client that has ended its side after a complete
/// request still gets its answer. Errors have the form of the API's own.
/// </remarks>
/// <param name="Secret">Random text of this process, in visible ASCII.</param>
public sealed record RequestStamp(string Secret);
