namespace WunderProxy.Forwarding;

/// <summary>
/// Makes a forwarder the front end of the manager API: every request is stamped so that the API behind it knows that
/// it came through here, and from whom.
/// </summary>
/// <remarks>
/// With a stamp, <c>Host</c> becomes the upstream's address, incoming <c>Wunderproxy-*</c> fields are removed, and
/// <c>Wunderproxy-Secret</c>, <c>Wunderproxy-Peer</c> (<c>ip:port</c> or <c>unix</c>), <c>Wunderproxy-Host</c> (the
/// <c>Host</c> that the client sent, absent when it sent none), <c>Wunderproxy-Scheme</c> and <c>Wunderproxy-User</c> (the
/// user id of a caller on this machine, absent when the kernel does not tell) are added, and
/// <c>Wunderproxy-Crowded</c> while <see cref="CrowdOptions"/> leave little room.
/// Forwarding headers pass as the client sent them, whoever it is, so that the API can see them.
/// </remarks>
/// <param name="Secret">Random text of this process, visible ASCII.</param>
public sealed record RequestStamp(string Secret);
