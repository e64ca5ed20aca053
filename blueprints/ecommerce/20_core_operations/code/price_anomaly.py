# `self` is a purchase line; only vendors with a price list can be compared.
limit = float(self.env['ir.config_parameter'].sudo().get_param('phaseline.price_anomaly', '50 %').split()[0])
listed = self.product_id._select_seller(
    partner_id=self.order_id.partner_id, quantity=self.product_qty, uom_id=self.product_uom_id)
asked = self.currency_id._convert(
    self.price_unit, listed.currency_id, self.company_id, self.date_order or self.create_date) if listed else 0.0
failed = bool(listed) and asked > listed.price * (1 + limit / 100)
