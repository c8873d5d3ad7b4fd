package sandbox

import (
	"net/http"
	"strings"
)

// domainOrder is the order of custom domains in lists: by domain (recorded, GO TestCustomDomainManager_ListWithPagination).
func domainOrder(it *item) string { return strings.ToLower(text(it.body, "domain")) + "\x00" + it.id }

// hasDomain says whether a host is a custom domain that is ready; others have no certificate yet, so nothing answers
// there (documented).
func (t *tenant) hasDomain(host string) bool {
	for _, it := range t.customDomains.sorted {
		if strings.EqualFold(text(it.body, "domain"), host) {
			status := text(it.body, "status")
			return status == "ready" || status == "" // a seed may leave it out
		}
	}
	return false
}

// listCustomDomains is GET /custom-domains: a bare array, or an object when take or q is given (recorded).
func listCustomDomains(s *Server, rq *request) (*reply, error) {
	w, err := s.newWindow(rq, perPageMax)
	if err != nil {
		return nil, err
	}
	if rq.query.Has("q") && !w.checkpoint {
		w.checkpoint, w.size = true, defaultTake
	}
	return w.list(s.tenant.customDomains, "custom_domains", nil, projection(rq.query, "custom_domain_id")), nil
}

// getCustomDomain is GET /custom-domains/{id}.
func getCustomDomain(s *Server, rq *request) (*reply, error) {
	body := s.tenant.customDomains.get(rq.args[0])
	if body == nil { // recorded text
		return nil, fail(http.StatusNotFound, "inexistent_custom_domain", "The custom domain %s does not exist", rq.args[0])
	}
	return &reply{status: http.StatusOK, body: body}, nil
}
