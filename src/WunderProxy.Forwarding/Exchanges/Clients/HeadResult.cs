using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Exchanges.Clients;

/// <summary>The result of reading a request's head; the default value means that the head was accepted.</summary>
/// <param name="Error">
/// <see cref="ForwardError.None"/> for an accepted head; <see cref="ForwardError.Rejected"/> for one that breaks a
/// rule; <see cref="ForwardError.HeaderTimeout"/>; or <see cref="ForwardError.ClientGone"/> if the client left before
/// the head was complete, so that there is nobody to answer and nothing to count.
/// </param>
/// <param name="Rejection">The broken rule, with <see cref="ForwardError.Rejected"/> only.</param>
internal readonly record struct HeadResult(ForwardError Error, RequestRejection Rejection = RequestRejection.None);
